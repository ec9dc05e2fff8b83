import { App, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";

const app = new App();
const stack = new Stack(app, "uploads");
const crowfly = new CfnInclude(stack, "Crowfly", {
  templateFile: "packaged.yaml",
  parameters: { AllowedOrigins: ["https://app.example.com"] },
});
const table = crowfly.getResource("Table"); // and every other resource, by its name in the template
