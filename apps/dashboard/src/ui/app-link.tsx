import type { ReactNode } from 'react';
import { Link } from 'react-router';

/** A link to one of our pages stays in the application; any other opens as what it is, and only when it is a web or mail address. */
export function AppLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const url = URL.parse(href, window.location.origin);
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return <span>{children}</span>;
  const ours = url.origin === window.location.origin && !/^\/(?:api|hooks)(?:\/|$)/.test(url.pathname);
  if (ours) return <Link to={`${url.pathname}${url.search}${url.hash}`}>{children}</Link>;
  return (
    <a href={url.href} rel="noreferrer noopener">
      {children}
    </a>
  );
}
