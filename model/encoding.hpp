#pragma once

// Text encodings of the wire: base64, percent-encoding, hexadecimal, and the check that bytes are UTF-8.
// Decoders never throw on bad input; they answer nullopt.

#include <optional>
#include <string>
#include <string_view>

namespace amity::model {

// RFC 4648 alphabet, padded, on one line.
std::string base64_encode(std::string_view bytes);

// Tolerates line breaks and spaces anywhere and absent padding, as clients send both. Refuses every other character
// outside the alphabet, characters after padding, and a length that no bytes encode to.
std::optional<std::string> base64_decode(std::string_view text);

// Everything but the unreserved characters of RFC 3986 (letters, digits, "-._~") becomes %XX.
std::string percent_encode(std::string_view bytes);

// Undoes percent-encoding; in a query string or form (`plus_is_space`) "+" stands for a space. A "%" that two
// hexadecimal digits do not follow gives nullopt. The result may be any bytes: see is_valid_utf8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Two lower-case digits a byte.
std::string hex_encode(std::string_view bytes);

// Well-formed UTF-8 (Unicode, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view bytes);

}  // namespace amity::model
