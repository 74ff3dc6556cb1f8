/**
 * Verdicts of statements seen before, found by the statement's bytes with nothing decoded and nothing allocated.
 *
 * Statements that differ only in plain integers share a verdict where the policy engine says that the integers do not
 * matter to it. The bytes decide what a plain integer is: one to nine digits with nothing beside them that could make
 * them part of a name, a parameter, another kind of number or a quoted text. Up to the first quote, backslash or
 * dollar-quote the lexer's state is certain; from there on bytes are compared as they are.
 */
import type { Denial } from '../relay/gate.js';
export declare class VerdictTable {
    private readonly bytesMax;
    private entries;
    private bytes;
    private readonly scratch;
    private scratchLength;
    private hash;
    constructor(bytesMax: number);
    /** `'unknown'`, or the verdict: undefined for allowed. */
    find(buffer: Buffer, start: number, end: number): Denial | undefined | 'unknown';
    /** Remembers the verdict of a text. */
    add(buffer: Buffer, start: number, end: number, denial: Denial | undefined, integersShared: boolean): void;
    private normalize;
}
