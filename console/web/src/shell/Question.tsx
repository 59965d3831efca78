// A yes or no before what cannot be undone. The page may stand in a frame, where browsers ask nothing by themselves.

import { signal } from "@preact/signals";
import { Dialog } from "./Dialog";

interface Asked {
  title: string;
  text: string;
  yes: string;
  deed(): void;
}

const question = signal<Asked | undefined>(undefined);

export function ask(asked: Asked): void {
  question.value = asked;
}

export function Question() {
  const now = question.value;
  if (!now) return null;
  const close = () => {
    question.value = undefined;
  };
  return (
    <Dialog title={now.title} onClose={close}>
      <p>{now.text}</p>
      <div class="form-end">
        <button type="button" onClick={close}>
          Leave it
        </button>
        <button
          type="button"
          class="primary"
          onClick={() => {
            close();
            now.deed();
          }}
        >
          {now.yes}
        </button>
      </div>
    </Dialog>
  );
}
