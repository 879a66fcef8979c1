"""check_includes.py must refuse each kind of forbidden include, and let the allowed ones pass."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "cmake"))
import check_includes

# (room, file, include line, expected complaint or None)
CASES = [
    ("handlers", "images.cpp", '#include "storage/images.hpp"', None),
    ("handlers", "images.cpp", '#include "model/ec2.hpp"', None),
    ("emulator", "server.cpp", "#include <boost/beast.hpp>", None),
    ("storage", "database.cpp", "#include <sqlite3.h>", None),
    ("storage", "images.cpp", '#include "handlers/images.hpp"', "storage/ may not include handlers/images.hpp"),
    ("handlers", "images.cpp", '  #  include "emulator/server.hpp"', "handlers/ may not include emulator/server.hpp"),
    ("model", "walker.hpp", "#include <storage/x.hpp>", "model/ may not include storage/x.hpp"),
    ("storage", "database.hpp", "#include <sqlite3.h>", "sqlite3.h belongs in .cpp files"),
    ("emulator", "server.hpp", "#include <boost/asio.hpp>", "boost/asio.hpp belongs in .cpp files"),
    ("model", "json.hpp", "#include <rapidjson/document.h>", "rapidjson/document.h belongs in .cpp files"),
    ("emulator", "tls.hpp", "#include <openssl/ssl.h>", "openssl/ssl.h belongs in .cpp files"),
    ("emulator", "xml.hpp", "#include <pugixml.hpp>", "pugixml.hpp belongs in .cpp files"),
    ("handlers", "images.cpp", "#include <sqlite3.h>", "handlers/ may not use sqlite3.h"),
    ("handlers", "images.cpp", "#include <boost/asio/ip/address.hpp>", "handlers/ may not use boost/asio/ip/address.hpp"),
    ("storage", "images.cpp", '#include "images.hpp"', '"images.hpp" must be included by its room path'),
]


class CheckIncludes(unittest.TestCase):
    def test_each_rule(self):
        for room, file, line, expected in CASES:
            with self.subTest(room=room, line=line):
                found = list(check_includes.complaints_about(room, pathlib.Path(room, file), f"#pragma once\n{line}\n"))
                self.assertEqual(found, [(2, expected)] if expected else [])


if __name__ == "__main__":
    unittest.main()
