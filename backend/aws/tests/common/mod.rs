use crowfly_aws::Session;

/// A session whose storage is at this endpoint.
pub(crate) fn session(endpoint: &str) -> Session {
    let session = Session::from_variables(|name| {
        let value = match name {
            "AWS_REGION" => "eu-west-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "EXAMPLE",
            "AWS_ENDPOINT_URL_S3" => endpoint,
            _ => return None,
        };
        Some(value.to_owned())
    });
    session.unwrap()
}
