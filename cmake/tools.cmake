# Tools that make the build faster where they are installed, and change nothing in what is built.

find_program(AMITY_CCACHE ccache)
if(AMITY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache serves a file that uses a precompiled header only when told that macros and times in it do not matter. In depend mode it
  # does not preprocess what it has not seen: the compiler's own list of headers is enough.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${AMITY_CCACHE})
endif()

find_program(AMITY_LLD ld.lld)
if(AMITY_LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
