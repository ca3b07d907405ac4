"""What Blender itself finds in one asset library, as one line of JSON after "FOUND ".

    blender -b --factory-startup --python read-library.py -- LIBRARY

Each .blend's assets are linked the way the asset browser links them, then every image they bring is read.
"""

import json
import os
import sys

import bpy

library = sys.argv[sys.argv.index("--") + 1]
assets, images, unreadable = [], [], []


def relative(path):
    return os.path.relpath(os.path.realpath(path), os.path.realpath(library)).replace(os.sep, "/")


for folder, folders, names in os.walk(library):
    folders[:] = sorted(name for name in folders if name != ".sync")
    for blend in (os.path.join(folder, name) for name in sorted(names) if name.endswith(".blend")):
        try:
            with bpy.data.libraries.load(blend, link=True, assets_only=True) as (offered, taken):
                for kind in dir(offered):
                    if not kind.startswith("_") and isinstance(getattr(offered, kind), list):
                        setattr(taken, kind, list(getattr(offered, kind)))
        except OSError as error:
            unreadable.append({"file": relative(blend), "error": str(error)})
            continue
        for kind in dir(taken):
            blocks = [] if kind.startswith("_") else getattr(taken, kind)
            for block in blocks if isinstance(blocks, list) else []:
                data = None if block is None else block.asset_data
                name = None if block is None else block.name
                assets.append({"file": relative(blend), "name": name, "catalog": data.catalog_id if data else None})
        for image in bpy.data.images:
            if image.source != "FILE":
                continue
            path = bpy.path.abspath(image.filepath, library=image.library)
            # A size of nothing is how Blender says that it could not read the file.
            images.append({"blend": relative(blend), "path": relative(path), "width": image.size[0]})
        for linked in list(bpy.data.libraries):
            bpy.data.libraries.remove(linked)

print("FOUND " + json.dumps({"assets": assets, "images": images, "unreadable": unreadable}))
