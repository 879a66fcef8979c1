# The rooms share one include root, so a forbidden include is refused here, at the start of every build (50 ms).

set(AMITY_CHECK_INCLUDES ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/check_includes.py ${PROJECT_SOURCE_DIR})
add_custom_target(amity_arrows ALL COMMAND ${AMITY_CHECK_INCLUDES} COMMENT "Checking #include lines")
