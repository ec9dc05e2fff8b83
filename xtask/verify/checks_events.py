"""Events reach the table, and in the order of their sequencers."""

from .registry import check
from .run import Run


def order(sequencer: str) -> str:
    """A sequencer as text that sorts: right-padded with zeros, hexadecimal in one case.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return sequencer.upper().ljust(64, "0")


@check("events-in-order",
       "A file is stored and then deleted: the record follows, and the later event has the later sequencer.",
       "stored; 204; deleted; the sequencer rose")
def in_order(run: Run) -> str:
    """Notes how long both events took."""
    upload = run.sent()
    stored, seconds = run.api.stored(upload)
    answer = run.api.call("DELETE", f"/uploads/{upload.id}/content")
    # The API marks the record itself; the event brings another sequencer.
    record, later = run.api.wait(upload, lambda now: now.get("sequencer") != stored["sequencer"], "confirmed by an event")
    run.notes.append(f"created event after {seconds:.2f} s, removed event after {later:.2f} s; a sequencer has "
                     f"{len(record['sequencer'])} digits")
    rose = order(record["sequencer"]) > order(stored["sequencer"])
    return f"{stored['status']}; {answer}; {record['status']}; the sequencer {'rose' if rose else 'FELL'}"


@check("events-at-once", "A file is stored and at once deleted by the operator: the record ends as deleted.",
       "deleted; no content")
def at_once(run: Run) -> str:
    """On AWS either event may come first."""
    upload = run.sent()
    run.s3.delete_object(Bucket=run.stack.bucket, Key=upload.key)
    record, seconds = run.api.wait(upload, lambda record: record["status"] == "deleted", "deleted")
    run.notes.append(f"deleted by the operator, recorded after {seconds:.2f} s")
    content = run.api.call("GET", f"/uploads/{upload.id}/content")
    return f"{record['status']}; {'no content' if content.status == 409 else content}"


@check("events-key", "The event of a key with spaces, plus, percent, ampersand and Hangul is that of its upload.", "stored")
def awkward_key(run: Run) -> str:
    """Keys are form-encoded in events."""
    upload = run.sent("a+b %2B & c=d #한글 ~'().txt")
    return run.api.stored(upload)[0]["status"]


@check("events-left", "No event of the run got into the dead-letter queue.", "none")
def left(run: Run) -> str:
    """The number of messages is approximate, and malformed ones get there at once."""
    more = run.dead_letters() - run.dead_before
    return "none" if more <= 0 else f"{more} more messages"
