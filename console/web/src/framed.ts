// Whether another site's page shows us in a frame of its own.

export const isFramed = window.top !== window;
