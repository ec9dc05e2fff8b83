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
