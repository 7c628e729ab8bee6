// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/file_table.h"

#include "formats/dcp/rules.h"
#include "io/path_guard.h"
#include "io/rules.h"

namespace shardlens::dcp {

std::uint32_t FileTable::get(std::string_view path) {
    const auto [found, isNew] = m_byPath.try_emplace(std::string(path), count());
    if (isNew)
        m_files.push_back(open(path));
    return found->second;
}

FileTable::File FileTable::open(std::string_view path) {
    File file;
    file.path = path;
    file.problem = checkRelativePath(path);
    if (!file.problem)
        return file;
    FileRecord record;
    record.path = path;
    record.rank = dataFileRank(path);
    auto source = m_folder.open(path);
    if (source) {
        file.source = *source;
        file.bytes = (*source)->size();
        record.bytes = file.bytes;
        record.source = std::move(*source);
    } else {
        file.missing = source.error().rule == &rules::NotFound;
        file.problem = Failure(std::move(source).error());
        record.missing = true;
    }
    file.id = m_builder.addFile(std::move(record));
    return file;
}

void FileTable::noteTensor(std::uint32_t file, TensorId tensor) {
    File& noted = m_files[file];
    if (!noted.problem && (noted.tensors.empty() || noted.tensors.back() != tensor))
        noted.tensors.push_back(tensor);
}

void FileTable::noteValue(std::uint32_t file) {
    m_files[file].values += 1;
}

void FileTable::report() {
    for (File& file : m_files) {
        if (file.problem)
            continue;
        Location where;
        where.file = file.path;
        Subject subject;
        if (file.id.valid())
            subject = {Subject::Kind::File, file.id.value()};
        const Error& problem = file.problem.error();
        const std::uint64_t tensors = file.tensors.size(); // before the list is moved away
        if (!file.id.valid()) {
            // The guard's own sentence names the path again; its reason is the second argument.
            const Arg reason = problem.args.size() > 1 ? problem.args[1] : Arg(message(problem));
            m_builder.addFinding(rules::dcp::UnsafePath, {file.path, reason}, where, subject,
                                 std::move(file.tensors));
        } else if (file.missing) {
            m_builder.addFinding(rules::dcp::FileMissing, {file.path, tensors, file.values}, where, subject,
                                 std::move(file.tensors));
        } else {
            m_builder.addFinding(rules::dcp::FileUnreadable, {file.path, message(problem)}, where, subject,
                                 std::move(file.tensors));
        }
    }
}

} // namespace shardlens::dcp
