// Goes away, here and in CMakeLists.txt, when the first real file of this room arrives.
namespace amity::handlers {}
