// app/page.tsx
import { signIn } from "@/lib/session";
import { Uploads } from "./uploads";

export default function Page() {
  return (
    <main>
      <form action={signIn}>
        <button>Sign in</button>
      </form>
      <Uploads />
    </main>
  );
}
