//! HTTP events of API Gateway (payload format 2.0) and the responses to them:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

mod answer;
mod event;
mod gate;

pub use answer::Answer;
pub(crate) use answer::{answer, no_method, no_route};
pub use event::Request;
pub use gate::Gate;
