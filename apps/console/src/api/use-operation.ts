import type { OperationName } from "@org/sync-daemon/contract/operations";
import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from "@tanstack/react-query";
import type { AnswerTo, RequestTo } from "./api-client.ts";
import { useApi } from "./api-context.tsx";
import type { CallError } from "./call-error.ts";

interface QueryOptions {
  readonly enabled?: boolean;
  /** Goes on showing the last answer while another request's is awaited. */
  readonly keepPrevious?: boolean;
  readonly refetchEveryMs?: number;
}

/** Asks, and asks again when an event says that the answer has changed. The key is the operation's name, then the request. */
export function useOperation<Name extends OperationName>(
  name: Name,
  request: RequestTo<Name>,
  { enabled = true, keepPrevious = false, refetchEveryMs }: QueryOptions = {},
): UseQueryResult<AnswerTo<Name>, CallError> {
  const api = useApi();
  return useQuery<AnswerTo<Name>, CallError>({
    queryKey: [name, request],
    queryFn: ({ signal }) => api.call(name, request, { signal }),
    enabled,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(refetchEveryMs === undefined ? {} : { refetchInterval: refetchEveryMs }),
  });
}

/** What a person does: asked once, never repeated by itself. */
export function useAction<Name extends OperationName>(
  name: Name,
): UseMutationResult<AnswerTo<Name>, CallError, RequestTo<Name>> {
  const api = useApi();
  return useMutation<AnswerTo<Name>, CallError, RequestTo<Name>>({
    mutationKey: [name],
    mutationFn: (request) => api.call(name, request),
    retry: false,
  });
}
