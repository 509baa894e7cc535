import typescript from 'typescript';

export const version = typescript.version;
