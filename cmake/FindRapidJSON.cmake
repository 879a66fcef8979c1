# RapidJSON's own package has no target. This one also makes a failed assertion an exception: see rapidjson_assert.hpp.

find_path(RapidJSON_INCLUDE_DIR rapidjson/document.h)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RapidJSON REQUIRED_VARS RapidJSON_INCLUDE_DIR)

if(RapidJSON_FOUND AND NOT TARGET RapidJSON::RapidJSON)
  add_library(RapidJSON::RapidJSON INTERFACE IMPORTED)
  set_target_properties(RapidJSON::RapidJSON PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${RapidJSON_INCLUDE_DIR})
  target_compile_definitions(RapidJSON::RapidJSON INTERFACE RAPIDJSON_HAS_STDSTRING=1)
  target_compile_options(RapidJSON::RapidJSON
                         INTERFACE "SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/rapidjson_assert.hpp")
endif()
mark_as_advanced(RapidJSON_INCLUDE_DIR)
