interface Section {
  readonly name: string;
  readonly content: Buffer;
}

interface Layout {
  readonly wide: boolean;
  readonly u16: (at: number) => number;
  readonly u32: (at: number) => number;
  /** A word of the machine. */
  readonly word: (at: number) => number;
}

const mostSections = 10_000;
const mostSegments = 1_000;

/** A program for Linux: sections by name, and what lies at an address. */
export class Elf {
  private constructor(
    private readonly file: Buffer,
    private readonly layout: Layout,
  ) {}

  /** Undefined for what is no such program. */
  static in(file: Buffer): Elf | undefined {
    if (file.length < 64 || file.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
    const [wide, little] = [file[4] === 2, file[5] === 1];
    const u16 = (at: number): number => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
    const u32 = (at: number): number => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
    const u64 = (at: number): number => Number(little ? file.readBigUInt64LE(at) : file.readBigUInt64BE(at));
    return new Elf(file, { wide, u16, u32, word: wide ? u64 : u32 });
  }

  get isLittle(): boolean {
    return this.file[5] === 1;
  }

  get wordBytes(): 4 | 8 {
    return this.layout.wide ? 8 : 4;
  }

  section(wanted: string): Buffer | undefined {
    return this.sections().find(({ name }) => name === wanted)?.content;
  }

  /** A word that the program finds at an address. */
  wordAt(address: number): number | undefined {
    const at = this.placeOf(address);
    return at === undefined ? undefined : this.layout.word(at);
  }

  bytesAt(address: number, length: number): Buffer | undefined {
    const at = this.placeOf(address);
    return at === undefined || at + length > this.file.length ? undefined : this.file.subarray(at, at + length);
  }

  private sections(): readonly Section[] {
    const { wide, u16, u32, word } = this.layout;
    const [table, size, count, names] = [word(wide ? 40 : 32), ...(wide ? [58, 60, 62] : [46, 48, 50]).map(u16)] as [
      number,
      number,
      number,
      number,
    ];
    if (count > mostSections || names >= count || table === 0) return [];
    const place = (index: number): readonly [number, number] => {
      const at = table + index * size;
      return [word(at + (wide ? 24 : 16)), word(at + (wide ? 32 : 20))];
    };
    const [namesAt, namesLength] = place(names);
    return Array.from({ length: count }, (_, index) => {
      const from = namesAt + u32(table + index * size);
      const end = this.file.indexOf(0, from);
      const [at, length] = place(index);
      const name = from >= namesAt + namesLength || end < 0 || end - from > 100 ? '' : this.file.toString('latin1', from, end);
      return { name, content: this.file.subarray(at, at + length) };
    });
  }

  private placeOf(address: number): number | undefined {
    const { wide, u16, u32, word } = this.layout;
    const [table, size, count] = [word(wide ? 32 : 28), ...(wide ? [54, 56] : [42, 44]).map(u16)] as [number, number, number];
    for (let index = 0; index < Math.min(count, mostSegments); index += 1) {
      const at = table + index * size;
      const [offset, start, length] = (wide ? [8, 16, 32] : [4, 8, 16]).map((field) => word(at + field)) as [number, number, number];
      // Only what is loaded has an address.
      if (u32(at) === 1 && address >= start && address < start + length) return offset + address - start;
    }
    return undefined;
  }
}
