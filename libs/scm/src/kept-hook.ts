/** What a webhook should be. */
export interface WantedHook {
  readonly url: string;
  readonly secret: string;
}

/** A webhook as it is at its host; what it does not send, or that it is switched off, in words. */
export interface FoundHook {
  readonly id: string;
  readonly faults: readonly string[];
}

/** The webhooks of repositories, where a token may manage them. All methods throw `ScmCallFailed`. */
export interface ScmHooks {
  /** The one with this address; undefined when there is none. */
  find(fullName: string, url: string): Promise<FoundHook | undefined>;
  /** Answers its id. */
  create(fullName: string, wanted: WantedHook): Promise<string>;
  update(fullName: string, id: string, wanted: WantedHook): Promise<void>;
  /** One that is gone already is removed. */
  remove(fullName: string, id: string): Promise<void>;
}
