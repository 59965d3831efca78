// The door: the subdomain says which Marketing Cloud to ask who this is.

import { hasEnded, signInAddress } from "../account";
import { isFramed } from "../framed";
import { keep, kept } from "../kept";

// Why a sign-in came back without anybody, by the code in the address.
const REFUSALS: Record<string, string> = {
  bad_subdomain: "This is not a subdomain of Marketing Cloud.",
  sign_in_not_set_up: "Signing in is not set up on this server. Tell your operator.",
  sign_in_outdated: "That sign-in took too long or was used already. Begin again.",
  sign_in_refused: "Marketing Cloud, or you there, said no. Begin again.",
  user_deactivated: "You may not sign in here any more. Ask an owner or admin.",
};

export function refusal(): string | undefined {
  const refused = new URLSearchParams(location.search).get("signInError");
  return refused === null ? undefined : (REFUSALS[refused] ?? "Signing in did not work. Try again in a moment.");
}

export function SignIn() {
  function go(event: SubmitEvent): void {
    event.preventDefault();
    const subdomain = new FormData(event.currentTarget as HTMLFormElement).get("subdomain");
    if (typeof subdomain !== "string" || !subdomain.trim()) return;
    keep("subdomain", subdomain.trim());
    location.assign(signInAddress(subdomain.trim()));
  }
  return (
    <main class="door">
      <h1>QS Pro</h1>
      <p>SQL on Salesforce Marketing Cloud Engagement: write a SELECT, run it, read its rows.</p>
      {hasEnded.value ? (
        <p role="alert">Your session has ended. Sign in again: what is in your tabs is kept in this browser.</p>
      ) : (
        refusal() && (
          <p class="refusal" role="alert">
            {refusal()}
          </p>
        )
      )}
      <form onSubmit={go}>
        <label for="subdomain">Subdomain of your Marketing Cloud</label>
        <input
          id="subdomain"
          name="subdomain"
          required
          autocomplete="organization"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby="subdomain-hint"
          defaultValue={kept("subdomain", "")}
        />
        <p id="subdomain-hint" class="muted">
          What stands before <code>.auth.marketingcloudapis.com</code> in the base address of your package.
        </p>
        <button type="submit" class="primary">
          Sign in with Marketing Cloud
        </button>
      </form>
      {isFramed && (
        <p class="muted">
          If Marketing Cloud does not let you sign in here: <a href="/" target="_blank" rel="noopener">open QS Pro in a window of its own</a>.
        </p>
      )}
      <p class="muted">
        For programs: <a href="/api/docs/">API</a>. For operators: <a href="/admin/">admin</a>.
      </p>
    </main>
  );
}
