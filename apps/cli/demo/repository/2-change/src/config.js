// Read at start; the token belongs into the environment, which is the mistake that this file shows.
export const config = {
  catalogue: 'https://catalogue.example/v2',
  sourceToken: '{{planted-secret}}',
};
