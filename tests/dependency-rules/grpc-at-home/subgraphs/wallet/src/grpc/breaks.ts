import { status } from '@grpc/grpc-js';

export const missing = status.NOT_FOUND;
