// SPDX-License-Identifier: Apache-2.0
#include "formats/why_not.h"

#include "base/escape.h"
#include "base/units.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace shardlens {

namespace {

using namespace std::literals;

struct Known {
    std::string_view mark;
    std::string_view what;
};

// First bytes, as the formats' own descriptions give them.
constexpr std::array byBytes = {
    Known{"GGUF"sv, "it is a GGUF file (llama.cpp), which Shardlens does not read"},
    Known{"GGML"sv, "it is an old GGML file (llama.cpp), which Shardlens does not read"},
    Known{"ggjt"sv, "it is an old GGML file (llama.cpp), which Shardlens does not read"},
    Known{"\x89HDF\r\n"sv, "it is an HDF5 file (Keras), which Shardlens does not read"},
    Known{"\x93NUMPY"sv, "it is a NumPy array, which Shardlens does not read"},
    Known{"PK\x03\x04"sv, "it is a ZIP archive, and no checkpoint was found in it"},
    Known{"PK\x05\x06"sv, "it is an empty ZIP archive"},
    Known{"\x1f\x8b"sv, "it is compressed with gzip; unpack it first"},
    Known{"\x28\xb5\x2f\xfd"sv, "it is compressed with Zstandard; unpack it first"},
    Known{"\xfd"
          "7zXZ"sv,
          "it is compressed with xz; unpack it first"},
    Known{"BZh"sv, "it is compressed with bzip2; unpack it first"},
    Known{"7z\xbc\xaf"sv, "it is a 7z archive; unpack it first"},
    Known{"<!DOCTYPE"sv, "it is a web page, which a download that failed leaves"},
    Known{"<!doctype"sv, "it is a web page, which a download that failed leaves"},
    Known{"<html"sv, "it is a web page, which a download that failed leaves"},
    Known{"<?xml"sv, "it is an XML document, which a download that failed leaves"},
    Known{"%PDF"sv, "it is a PDF document"},
    Known{"\x89PNG"sv, "it is a picture"},
    Known{"\xff\xd8\xff"sv, "it is a picture"},
};

constexpr std::array bySuffix = {
    Known{".onnx"sv, "it is an ONNX model, which Shardlens does not read"},
    Known{".onnx_data"sv, "it holds the weights of an ONNX model, which Shardlens does not read"},
    Known{".msgpack"sv, "it is a Flax checkpoint, which Shardlens does not read"},
    Known{".tflite"sv, "it is a TensorFlow Lite model, which Shardlens does not read"},
    Known{".h5"sv, "it is a Keras file, which Shardlens does not read"},
    Known{".pb"sv, "it is a TensorFlow graph, which Shardlens does not read"},
    Known{".tar"sv, "it is a tar archive; unpack it first"},
};

bool looksLikeText(std::string_view head) {
    // The head may end within a character.
    for (int cut = 0; cut < 4 && !isValidUtf8(head) && !head.empty(); ++cut)
        head.remove_suffix(1);
    const auto odd = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
    };
    return isValidUtf8(head) && std::ranges::none_of(head, odd);
}

std::string aboutFolder(const Candidate& candidate) {
    if (candidate.names.empty())
        return "the folder is empty";
    constexpr std::size_t shown = 3;
    std::string names;
    for (std::size_t i = 0; i < std::min(shown, candidate.names.size()); ++i)
        names += (i == 0 ? "" : ", ") + escapeText(candidate.names[i].name, 40);
    return "the folder holds no checkpoint, only " + names +
           (candidate.names.size() > shown ? " and " + formatGrouped(candidate.names.size() - shown) + " more"
                                           : std::string());
}

std::string aboutFile(const Candidate& candidate) {
    if (candidate.fileBytes == 0)
        return "it is empty";
    const std::string_view head(reinterpret_cast<const char*>(candidate.head.data()), candidate.head.size());
    for (const auto& known : byBytes)
        if (head.starts_with(known.mark))
            return std::string(known.what);
    for (const auto& known : bySuffix)
        if (candidate.file.ends_with(known.mark))
            return std::string(known.what);
    if (!looksLikeText(head))
        return "its first bytes are those of no known format";
    const auto first = head.find_first_not_of(" \n\r\t");
    if (first != std::string_view::npos && (head[first] == '{' || head[first] == '['))
        return "it is a JSON file and no index of shards";
    return "it is a text file";
}

} // namespace

std::string whyNot(const Candidate& candidate) {
    return candidate.file.empty() ? aboutFolder(candidate) : aboutFile(candidate);
}

} // namespace shardlens
