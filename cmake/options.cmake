# How our own code is compiled. Every product target links amity::options, every test target amity::test_options.

set(AMITY_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= names them (address,undefined or thread)")

option(AMITY_COVERAGE "Count which lines of the product are run" OFF)

option(AMITY_FUZZ "Build tests/fuzz with Clang's libFuzzer; otherwise it only replays its corpus" OFF)

set(CMAKE_CXX_EXTENSIONS OFF)

# Several sources of a target in one compiler run: most of a source's compile time is templates that its neighbours need, too.
# The builds that everybody runs are made so; debug is not, to compile single files fast.
option(AMITY_UNITY "Compile sources in batches" OFF)

# amity_unity(TARGET LINES): in batches of so many lines, which unity_groups.py puts together.
function(amity_unity target lines)
  if(NOT AMITY_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/unity_groups.py ${lines} ${sources}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" groups "${groups}")
  foreach(line IN LISTS groups)
    string(REGEX MATCH "^([0-9]+) (.+)$" found "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # In a batch, what a source declares for itself stands in an included file.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# The language, the warnings and the sanitizers: what product and tests share.
add_library(amity_common_options INTERFACE)
target_compile_features(amity_common_options INTERFACE cxx_std_20)
target_include_directories(amity_common_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(
  amity_common_options
  INTERFACE -fPIE
            # No garbage collection below 1 GB: with a large precompiled header it is a fifth of the time, and frees little.
            $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1048576>
            # GCC is the compiler that the warnings are kept at none with.
            $<$<CXX_COMPILER_ID:GNU>:-Werror>
            -Wall
            -Wextra
            -Wpedantic
            -Wcast-align
            -Wconversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wshadow
            -Wsign-conversion
            # GCC 12 sees uninitialized values in every std::optional<std::string> that optimization or a sanitizer took apart.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_link_options(amity_common_options INTERFACE -pie)
if(AMITY_SANITIZE)
  target_compile_options(
    amity_common_options INTERFACE -fsanitize=${AMITY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(AMITY_SANITIZE STREQUAL "thread")
    # Asio's fences are unknown to the thread sanitizer; its mutexes suffice.
    target_compile_options(amity_common_options INTERFACE -Wno-tsan)
  endif()
  if(AMITY_FUZZ)
    target_compile_options(amity_common_options INTERFACE -fsanitize=fuzzer-no-link)
  endif()
  target_link_options(amity_common_options INTERFACE -fsanitize=${AMITY_SANITIZE})
endif()

# The product: hardened in Release.
add_library(amity_options INTERFACE)
add_library(amity::options ALIAS amity_options)
target_link_libraries(amity_options INTERFACE amity_common_options)
target_compile_options(
  amity_options INTERFACE $<$<CONFIG:Release>:-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
if(AMITY_COVERAGE)
  target_compile_options(amity_options INTERFACE --coverage -fprofile-abs-path)
  target_link_options(amity_common_options INTERFACE --coverage)
endif()
target_link_options(amity_options INTERFACE $<$<CONFIG:Release>:LINKER:-z,relro,-z,now>)

# The tests: compiled fast, whatever the preset. -fpch-preprocess is what ccache needs to serve users of precompiled headers.
add_library(amity_test_options INTERFACE)
add_library(amity::test_options ALIAS amity_test_options)
target_link_libraries(amity_test_options INTERFACE amity_common_options)
target_compile_options(amity_test_options INTERFACE -O0 $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
