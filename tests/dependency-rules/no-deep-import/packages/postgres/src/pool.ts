export const createPool = () => [];
