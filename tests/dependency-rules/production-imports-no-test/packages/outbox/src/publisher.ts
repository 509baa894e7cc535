export const publish = () => [];
