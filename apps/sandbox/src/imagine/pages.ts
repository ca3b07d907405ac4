/** One page in the form of the API's lists; undefined where there is no page of that number. */
export function pageOf<T>(request: {
  items: readonly T[];
  query: URLSearchParams;
  /** Where the links lead: origin and path. */
  url: string;
  pageSize: number;
}) {
  const { items, query, url, pageSize } = request;
  const pageText = query.get("page") ?? "1";
  const totalPages = Math.max(1, Math.ceil(items.length / pageSize));
  const page = pageText === "last" ? totalPages : Number(pageText);
  if (!Number.isInteger(page) || page < 1 || page > totalPages) return undefined;
  const link = (number: number) => {
    const filters = new URLSearchParams([...query].filter(([name, value]) => name !== "page" && value !== ""));
    filters.set("page", String(number));
    return `${url}?${filters}`;
  };
  return {
    next_link: page < totalPages ? link(page + 1) : null,
    previous_link: page > 1 ? link(page - 1) : null,
    last_page_link: link(totalPages),
    first_page_link: link(1),
    current_page_link: link(page),
    current_page_number: page,
    count: items.length,
    total_pages: totalPages,
    results: items.slice((page - 1) * pageSize, page * pageSize),
  };
}
