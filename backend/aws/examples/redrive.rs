//! Moves a queue's dead letters back to it: `redrive QUEUE [MOST_PER_SECOND]`, with AWS's own variables in the
//! environment (see `Session::from_variables`). `cargo xtask redrive` is the way to call it.

use std::process::ExitCode;
use std::time::Duration;

use crowfly_aws::{Redrive, Session};

const PAUSE: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match redrive().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn redrive() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let queue = arguments.next().ok_or("name the queue")?;
    let most = arguments
        .next()
        .map(|text| text.parse::<u16>())
        .transpose()
        .map_err(|_| "the second argument must be a number of messages a second")?;
    let session = Session::from_variables(|name| std::env::var(name).ok());
    let session = session.map_err(|error| error.to_string())?;
    let redrive = Redrive::of(&session, &queue)
        .await
        .map_err(|fault| fault.to_string())?;
    if redrive.waiting().await.map_err(|fault| fault.to_string())? == 0 {
        println!("the dead-letter queue of {queue} is empty");
        return Ok(());
    }
    redrive
        .start(most)
        .await
        .map_err(|fault| fault.to_string())?;
    loop {
        let moving = redrive.moving().await.map_err(|fault| fault.to_string())?;
        let moving = moving.ok_or("SQS has forgotten the move that it had begun")?;
        let of = moving.of.map_or(String::new(), |of| format!(" of {of}"));
        println!("moved {}{of} to {queue}: {}", moving.moved, moving.status);
        match moving.status.as_str() {
            "RUNNING" => tokio::time::sleep(PAUSE).await,
            "COMPLETED" => return Ok(()),
            status => {
                let reason = moving
                    .reason
                    .unwrap_or_else(|| "no reason given".to_owned());
                return Err(format!("the move ended as {status}: {reason}"));
            }
        }
    }
}
