// A form in a dialog. What the server does not accept is said in it, and what was typed stays.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../shell/Dialog";
import { sentence } from "./listed";

interface Props {
  title: string;
  yes: string;
  onClose(): void;
  // Closes the dialog where it succeeds.
  save(form: FormData): Promise<void>;
  children: ComponentChildren;
}

export function FormDialog({ title, yes, onClose, save, children }: Props) {
  const [trouble, setTrouble] = useState("");
  const [isSaving, setSaving] = useState(false);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setTrouble("");
    setSaving(true);
    try {
      await save(new FormData(event.currentTarget as HTMLFormElement));
    } catch (error) {
      setTrouble(sentence(error));
    } finally {
      setSaving(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        {children}
        {trouble && (
          <p class="refusal" role="alert">
            {trouble}
          </p>
        )}
        <div class="form-end">
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" class="primary" disabled={isSaving}>
            {yes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
