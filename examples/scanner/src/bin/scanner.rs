//! The example scanner as a Lambda function.

use crowfly_example_scanner::{Clients, Done, scan};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

/// Larger objects are not read to their end, and are reported as unsupported.
const DEFAULT_LIMIT: u64 = 64 * 1024 * 1024;

fn main() -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let variable = |name| std::env::var(name).ok();
            let clients = Clients::open(variable)?;
            let limit = variable("SCAN_BYTES").and_then(|bytes| bytes.parse().ok());
            let limit = limit.unwrap_or(DEFAULT_LIMIT);
            run(service_fn(|event: LambdaEvent<Value>| {
                let clients = &clients;
                async move {
                    let done = scan(clients, limit, &event.payload).await?;
                    Ok::<_, Error>(match done {
                        Done::Published(found) => found.as_str(),
                        Done::Nothing => "",
                    })
                }
            }))
            .await
        })
}
