use devkit::http::{Request, Response, encode};

use super::{Aws, sign};

impl Aws {
    /// Creates a stack from the stack's own template with these parameters, the same origins, and the defaults
    /// for all others; returns the answer whatever its status.
    #[track_caller]
    pub fn update_stack(&self, parameters: &[(&str, &str)]) -> Response {
        let mut form = format!(
            "Action=UpdateStack&Version=2010-05-15&UsePreviousTemplate=true&StackName={}\
             &Capabilities.member.1=CAPABILITY_IAM&Capabilities.member.2=CAPABILITY_AUTO_EXPAND\
             &Parameters.member.1.ParameterKey=AllowedOrigins&Parameters.member.1.UsePreviousValue=true",
            encode(self.stack.name())
        );
        for (number, (key, value)) in (2..).zip(parameters) {
            let member = format!("Parameters.member.{number}");
            form.push_str(&format!(
                "&{member}.ParameterKey={key}&{member}.ParameterValue={}",
                encode(value)
            ));
        }
        let request = Request::new("POST", format!("{}/", self.stack.s3))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        sign(request, &self.moment("cloudformation")).send()
    }
}
