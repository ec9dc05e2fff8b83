"""What SQS does for an operator."""

import asyncio
import json
import time
import uuid

from ministack.core import iam_actions
from ministack.services import sqs

from . import rule


@rule
def dead_letters_move_back():
    """StartMessageMoveTask moves a dead-letter queue's messages to another queue; ListMessageMoveTasks tells how far it is."""
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    tasks = {}

    def dead_letter_queue(arn):
        queue = sqs._queue_by_arn(arn or "")
        if queue is None:
            raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.", 404)
        sources = (other["attributes"].get("RedrivePolicy", "") for other in sqs._queues.values())
        if not any(arn in policy for policy in sources):
            raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
        return queue

    async def move(task, source, destination, pause):
        for message in list(source["messages"]):
            if message["visible_at"] > time.time() or message not in source["messages"]:
                continue
            source["messages"].remove(message)
            # A moved message is a new one: its receive count starts again.
            destination["messages"].append(message | {
                "id": str(uuid.uuid4()), "receipt_handle": None, "receive_count": 0, "first_receive_at": None,
                "visible_at": time.time()})
            task["ApproximateNumberOfMessagesMoved"] += 1
            sqs.esm_wake.set()
            await asyncio.sleep(pause)
        task["Status"] = "COMPLETED"

    def start(data, _url):
        arn, target = data.get("SourceArn"), data.get("DestinationArn")
        source = dead_letter_queue(arn)
        destination = sqs._queue_by_arn(target or "")
        if destination is None:
            raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the DestinationArn parameter doesn't exist.", 404)
        rate = data.get("MaxNumberOfMessagesPerSecond")
        if rate is not None and not 1 <= rate <= 500:
            raise sqs._Err("InvalidParameterValue", "Value for parameter MaxNumberOfMessagesPerSecond is invalid.")
        mine = tasks.setdefault(arn, [])
        if any(task["Status"] == "RUNNING" for task in mine):
            raise sqs._Err("UnsupportedOperation", "There is already a task running. Only one active task is allowed for a source queue arn at a given time.")
        task = {
            "TaskHandle": str(uuid.uuid4()), "Status": "RUNNING", "SourceArn": arn, "DestinationArn": target,
            "ApproximateNumberOfMessagesMoved": 0, "ApproximateNumberOfMessagesToMove": len(source["messages"]),
            "StartedTimestamp": int(time.time() * 1000)} | ({"MaxNumberOfMessagesPerSecond": rate} if rate else {})
        mine.insert(0, task)
        task["move"] = asyncio.get_running_loop().create_task(move(task, source, destination, 1 / rate if rate else 0))
        return {"TaskHandle": task["TaskHandle"]}

    def told(task):
        hidden = {"move"} if task["Status"] == "RUNNING" else {"move", "TaskHandle"}
        return {name: value for name, value in task.items() if name not in hidden}

    def listed(data, _url):
        dead_letter_queue(data.get("SourceArn"))
        return {"Results": [told(task) for task in tasks.get(data["SourceArn"], [])[: data.get("MaxResults", 1)]]}

    sqs._HANDLERS |= {"StartMessageMoveTask": start, "ListMessageMoveTasks": listed}


@rule
def moves_need_their_right_on_the_source():
    """The rights to start and to list message moves are asked for on the queue that SourceArn names."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, *rest):
        if service == "sqs" and headers.get("x-amz-target", "").endswith(("MessageMoveTask", "MessageMoveTasks")):
            try:
                return json.loads(body)["SourceArn"]
            except (ValueError, KeyError, TypeError):
                return "*"
        return extract(service, method, path, headers, body, *rest)

    iam_actions.extract_resource_arn = extract_resource_arn
