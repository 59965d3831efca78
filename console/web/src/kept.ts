// What this browser keeps between visits: never sent anywhere, and gone when the site's data are cleared.

const PREFIX = "qspro.";

export function kept<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise; // storage is off, or somebody wrote something else there
  }
}

// Whether it could be kept: storage may be off or full.
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function onKeptElsewhere(name: string, listener: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === PREFIX + name) listener();
  });
}
