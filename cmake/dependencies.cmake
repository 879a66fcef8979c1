# The libraries that Amity is built on, all from the system. A room links those that it uses, PRIVATE.

find_package(Boost 1.81 REQUIRED)  # headers only: Beast, Asio
find_package(Catch2 2.13 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(pugixml REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(RapidJSON REQUIRED)  # cmake/FindRapidJSON.cmake
find_package(Threads REQUIRED)
