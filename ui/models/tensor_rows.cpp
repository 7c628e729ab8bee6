// SPDX-License-Identifier: Apache-2.0
#include "ui/models/tensor_rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace shardlens::ui {
namespace {

constexpr std::uint32_t SlicesLookedAt = 256; ///< for a cell that names a tensor's files

using Key = std::pair<std::uint64_t, std::uint32_t>; ///< what is compared, then the place in natural order

std::vector<std::uint32_t> fileOrder(const Checkpoint& checkpoint) {
    std::vector<std::uint32_t> files(checkpoint.fileCount()), rank(files.size());
    std::iota(files.begin(), files.end(), 0u);
    std::ranges::sort(files, {}, [&](std::uint32_t file) -> const std::string& {
        return checkpoint.file(FileId(file)).path;
    });
    for (std::uint32_t i = 0; i < files.size(); ++i)
        rank[files[i]] = i;
    return rank;
}

std::uint64_t severityKey(std::optional<Severity> severity) {
    return severity ? 2 - static_cast<std::uint64_t>(*severity) : 0;
}

/// Numbers that order as the column does; shapes are ordered by comparison instead.
class Keys {
public:
    Keys(const NameTree& names, const FindingMarks* marks, TensorColumn column)
        : m_names(names)
        , m_checkpoint(*names.checkpoint())
        , m_marks(marks)
        , m_column(column) {
        if (column == TensorColumn::File)
            m_files = fileOrder(m_checkpoint);
    }

    std::uint64_t of(std::uint32_t position) const {
        const auto tensor = m_checkpoint.tensor(m_names.tensor(m_names.item(position)));
        switch (m_column) {
        case TensorColumn::Type:
            return std::uint64_t{bitsOf(tensor.dtype())} << 8 | static_cast<std::uint8_t>(tensor.dtype());
        case TensorColumn::Parameters:
            return tensor.elements();
        case TensorColumn::Size:
            return tensor.bytes();
        case TensorColumn::Slices:
            return tensor.sliceCount();
        case TensorColumn::File: {
            const auto file = filesOf(m_checkpoint, tensor.id()).first;
            return file.valid() ? m_files[file.index()] : m_files.size();
        }
        case TensorColumn::Finding:
            return m_marks ? severityKey(m_marks->ofPosition(position)) : 0;
        case TensorColumn::Name:
        case TensorColumn::Shape:
            break;
        }
        return 0;
    }

private:
    const NameTree& m_names;
    const Checkpoint& m_checkpoint;
    const FindingMarks* m_marks;
    TensorColumn m_column;
    std::vector<std::uint32_t> m_files;
};

template <typename Less>
void sortPositions(std::vector<std::uint32_t>& positions, Qt::SortOrder order, Less less) {
    std::ranges::stable_sort(positions, [&](std::uint32_t a, std::uint32_t b) {
        return order == Qt::AscendingOrder ? less(a, b) : less(b, a);
    });
}

void sortByShape(const NameTree& names, std::vector<std::uint32_t>& positions, Qt::SortOrder order) {
    const auto& checkpoint = *names.checkpoint();
    sortPositions(positions, order, [&](std::uint32_t a, std::uint32_t b) {
        const auto left = checkpoint.tensor(names.tensor(names.item(a))).shape();
        const auto right = checkpoint.tensor(names.tensor(names.item(b))).shape();
        if (left.size() != right.size())
            return left.size() < right.size();
        return std::ranges::lexicographical_compare(left, right);
    });
}

void sortByKey(const Keys& keys, std::vector<std::uint32_t>& positions, Qt::SortOrder order) {
    std::vector<Key> pairs;
    pairs.reserve(positions.size());
    for (std::uint32_t i = 0; i < positions.size(); ++i) {
        const auto key = keys.of(positions[i]);
        pairs.emplace_back(order == Qt::AscendingOrder ? key : ~key, positions[i]);
    }
    std::ranges::sort(pairs);
    std::ranges::transform(pairs, positions.begin(), &Key::second);
}

std::string csvField(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string out = "\"";
    for (const char character : text) {
        out += character;
        if (character == '"')
            out += '"';
    }
    return out + '"';
}

std::string dimsText(DimsView dims) {
    std::string out;
    for (const auto dim : dims)
        out += (out.empty() ? "" : "x") + std::to_string(dim);
    return out;
}

std::string csvLine(const Checkpoint& checkpoint, TensorView tensor) {
    const auto files = filesOf(checkpoint, tensor.id());
    return csvField(tensor.name()) + ',' + csvField(tensor.dtypeName()) + ',' + dimsText(tensor.shape()) +
           ',' + std::to_string(tensor.elements()) + ',' + std::to_string(tensor.bytes()) + ',' +
           std::to_string(tensor.sliceCount()) + ',' +
           (files.first.valid() ? csvField(checkpoint.file(files.first).path) : "") + ',' +
           (tensor.readable() ? "" : "error") + "\r\n";
}

nlohmann::ordered_json jsonObject(const Checkpoint& checkpoint, TensorView tensor) {
    const auto shape = tensor.shape();
    nlohmann::ordered_json slices = nlohmann::ordered_json::array();
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
        const auto slice = checkpoint.slice(tensor.slice(i));
        nlohmann::ordered_json object{
            {"offset", std::vector(slice.box.offset.begin(), slice.box.offset.end())},
            {"size", std::vector(slice.box.size.begin(), slice.box.size.end())}};
        object["file"] =
            slice.file.valid() ? nlohmann::ordered_json(checkpoint.file(slice.file).path) : nullptr;
        slices.push_back(std::move(object));
    }
    return {{"name", tensor.name()},
            {"dtype", tensor.dtypeName()},
            {"shape", std::vector(shape.begin(), shape.end())},
            {"bytes", tensor.bytes()},
            {"slices", std::move(slices)}};
}

} // namespace

TensorFiles filesOf(const Checkpoint& checkpoint, TensorId id) {
    const auto tensor = checkpoint.tensor(id);
    std::vector<FileId> seen;
    const auto looked = std::min(tensor.sliceCount(), SlicesLookedAt);
    for (std::uint32_t i = 0; i < looked; ++i) {
        const auto file = checkpoint.slice(tensor.slice(i)).file;
        if (file.valid() && std::ranges::find(seen, file) == seen.end())
            seen.push_back(file);
    }
    return seen.empty() ? TensorFiles{}
                        : TensorFiles{seen.front(), static_cast<std::uint32_t>(seen.size() - 1)};
}

Result<TensorRowsPtr> sortTensors(const NameTree& names, const FilterResult& filter,
                                  const FindingMarks* marks, TensorColumn column, Qt::SortOrder order,
                                  const JobContext& context) {
    std::vector<std::uint32_t> positions;
    positions.reserve(names.size());
    for (std::uint32_t position = 0; position < names.size(); ++position) {
        const auto item = names.item(position);
        if (names.isTensor(item) && filter.matches(item))
            positions.push_back(position);
    }
    SHARDLENS_CHECK(context.checkStop());
    if (column == TensorColumn::Name) {
        if (order == Qt::DescendingOrder)
            std::ranges::reverse(positions);
    } else if (column == TensorColumn::Shape) {
        sortByShape(names, positions, order);
    } else {
        sortByKey(Keys(names, marks, column), positions, order);
    }
    SHARDLENS_CHECK(context.checkStop());
    auto rows = std::make_shared<TensorRows>();
    rows->tensors.reserve(positions.size());
    for (const auto position : positions)
        rows->tensors.push_back(names.item(position));
    return rows;
}

Result<std::string> tableText(const Checkpoint& checkpoint, const std::vector<std::uint32_t>& tensors,
                              TableFormat format, const JobContext& context) {
    std::string out = format == TableFormat::Csv ? "name,dtype,shape,parameters,bytes,slices,file,state\r\n"
                                                 : "{\"schema\": 1, \"command\": \"ls\", \"tensors\": [";
    bool first = true;
    context.begin("writing the table", tensors.size(), false);
    for (const auto id : tensors) {
        SHARDLENS_CHECK(context.checkStop());
        const auto tensor = checkpoint.tensor(TensorId(id));
        if (format == TableFormat::Csv) {
            out += csvLine(checkpoint, tensor);
        } else {
            out += first ? "\n" : ",\n";
            out +=
                jsonObject(checkpoint, tensor).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        }
        first = false;
        context.add(1);
    }
    if (format == TableFormat::Json)
        out += "\n]}\n";
    return out;
}

} // namespace shardlens::ui
