use devkit::aws::{CLOUDFORMATION, stack_parameters};
use devkit::http::Response;

use super::Aws;

impl Aws {
    /// Creates a stack from the stack's own template with these parameters, the same origins, and the defaults
    /// for all others; returns the answer whatever its status.
    #[track_caller]
    pub fn update_stack(&self, parameters: &[(&str, &str)]) -> Response {
        let fixed = [
            ("UsePreviousTemplate", "true"),
            ("StackName", self.stack.name()),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
            ("Parameters.member.1.ParameterKey", "AllowedOrigins"),
            ("Parameters.member.1.UsePreviousValue", "true"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all = fixed.into_iter().chain(stack_parameters(2, parameters));
        self.client.query(CLOUDFORMATION, "UpdateStack", all).send()
    }
}
