// Modules that a block imports and the reader has: of the framework, or of a block with that path.
declare module "@/lib/session" {
  export function currentUser(): Promise<{ id: string } | null>;
  export function signIn(): Promise<void>;
}
declare module "*/uploads" {
  export function Uploads(): import("react").ReactNode;
}
declare module "next/headers" {
  export function cookies(): Promise<{
    get(name: string): { value: string } | undefined;
    set(name: string, value: string, options: { httpOnly: boolean; sameSite: "lax" }): void;
  }>;
}
declare module "*/crowfly.min.js" {
  export * from "crowfly";
}
declare module "aws-cdk-lib" {
  export class App {}
  export class Stack {
    constructor(scope: App, id: string);
  }
}
declare module "aws-cdk-lib/cloudformation-include" {
  import type { Stack } from "aws-cdk-lib";
  export class CfnInclude {
    constructor(scope: Stack, id: string, props: { templateFile: string; parameters: Record<string, string | string[]> });
    getResource(logicalId: string): unknown;
  }
}
declare module "aws-amplify/auth" {
  export function fetchAuthSession(options?: { forceRefresh?: boolean }): Promise<{ tokens?: { accessToken: { toString(): string } } }>;
}
declare module "@auth0/auth0-spa-js" {
  export function createAuth0Client(options: {
    domain: string;
    clientId: string;
    authorizationParams: { audience: string; scope: string; redirect_uri: string };
  }): Promise<{ getTokenSilently(options: { cacheMode: "on" | "off" | "cache-only" }): Promise<string> }>;
}
declare module "*/sign-in.js" {
  export function signIn(region: string, clientId: string, name: string | null, password: string | null): Promise<string>;
}
declare module "@uppy/dashboard" {
  import type { BasePlugin, Body, Meta, Uppy } from "@uppy/core";
  export default class Dashboard<M extends Meta, B extends Body> extends BasePlugin<{ target?: string; inline?: boolean }, M, B> {
    constructor(uppy: Uppy<M, B>, options?: { target?: string; inline?: boolean });
  }
}
declare module "browser-image-compression" {
  export default function imageCompression(
    file: File,
    options: { maxWidthOrHeight?: number; useWebWorker?: boolean; signal?: AbortSignal },
  ): Promise<File>;
}
declare module "heic-to" {
  export function isHeic(file: File): Promise<boolean>;
  export function heicTo(options: { blob: Blob; type: "image/jpeg" | "image/png"; quality?: number }): Promise<Blob>;
}
