// A list of the account as the server has it: read when it is shown, and again after each change.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/http";
import { tell } from "../messages";

export interface Listed<T> {
  found: T | undefined;
  again(): Promise<void>;
  // Does it, reads the list again, and says what went wrong or, if given, how it went.
  change(deed: () => Promise<unknown>, done?: string): Promise<void>;
}

export function useListed<T>(read: () => Promise<T>): Listed<T> {
  const [found, setFound] = useState<T | undefined>(undefined);
  const again = async () => {
    try {
      setFound(await read());
    } catch (error) {
      tell(sentence(error), true);
    }
  };
  const change = async (deed: () => Promise<unknown>, done?: string) => {
    try {
      await deed();
      if (done) tell(done);
    } catch (error) {
      tell(sentence(error), true);
    }
    await again();
  };
  useEffect(() => {
    void again();
  }, []);
  return { found, again, change };
}

// What an error says to a person; what nobody foresaw is thrown on.
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const more = error.violations.map((each) => each.message).filter((each) => !error.message.includes(each));
  return [error.message, ...more].join(" ");
}
