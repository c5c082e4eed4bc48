declare module 'class-transformer/cjs/storage.js' {
  /** Where `@Type` keeps what it was told; not part of the package's index. */
  export const defaultMetadataStorage: {
    findTypeMetadata(target: unknown, property: string): { typeFunction: () => new () => object } | undefined;
  };
}
