import '@mantine/core/styles.css';
import './theme.css';
import './ui/layout.css';
import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { ApiError } from './api.ts';
import { App } from './app.tsx';
import { theme } from './theme.ts';

const queries: QueryClient = new QueryClient({
  // A session that has ended shows the way in again, whichever page finds out.
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (error instanceof ApiError && error.status === 401 && queryKey[0] !== 'me') void queries.resetQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: { staleTime: 2_000, retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500) },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
