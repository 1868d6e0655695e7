/** What a file is for: the system's dialog shows such files first. */
export type FilePurpose = 'iso' | 'image' | 'kernel' | 'xml' | 'any';
