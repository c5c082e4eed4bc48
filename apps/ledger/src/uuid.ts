/** An id as URLs have it; what is none names nothing, and is not asked the database for. */
export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
