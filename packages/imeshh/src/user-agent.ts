/** "Required" by the iMeshh API Documentation 1.0, "Request Headers"; the Enterprise API recommends it. */
export const documentedUserAgent = "iMeshh-Asset-Manager/1.0 (+https://imeshh.com)";
