import { Component, type OnInit } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";

import { upload } from "./upload";

@Component({ selector: "app-root", template: `<input type="file" />` })
class App implements OnInit {
  ngOnInit(): void {
    Object.assign(window, { upload });
  }
}

bootstrapApplication(App).catch((error: unknown) => console.error(error));
