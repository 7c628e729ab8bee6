// SPDX-License-Identifier: Apache-2.0
#include "io/file_tree.h"
#include "io/path_guard.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> namesOf(const Result<std::vector<TreeName>>& list) {
    std::vector<std::string> out;
    for (const auto& name : list.value())
        out.push_back(name.name + (name.kind == NameKind::Folder  ? "/"
                                   : name.kind == NameKind::Other ? "?"
                                                                  : ""));
    return out;
}

using Names = std::vector<std::string>;

std::string readText(const FileTree& tree, std::string_view path) {
    return textOf(readAll(*tree.open(path).value(), 1000).value());
}

} // namespace

class FileTreeTest : public QObject {
    Q_OBJECT

private slots:
    void hostilePaths_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* name, QByteArray path, bool good) {
            QTest::newRow(name) << path << good;
        };
        row("plain", "model.safetensors", true);
        row("below", "unet/model.fp16.safetensors", true);
        row("dots in it", "..a/b..", true);
        row("three dots", "...", true);
        row("spaces and umlauts", "a b/\xC3\xA4", true);
        row("empty", "", false);
        row("absolute", "/etc/passwd", false);
        row("up", "../x", false);
        row("up inside", "a/../../x", false);
        row("up at the end", "a/..", false);
        row("here", "./a", false);
        row("here inside", "a/./b", false);
        row("double slash", "a//b", false);
        row("slash at the end", "a/", false);
        row("backslash", "..\\x", false);
        row("drive", "C:x", false);
        row("drive and slash", "c:/x", false);
        row("nul", QByteArray("a\0b", 3), false);
        row("line break", "a\nb", false);
        row("escape", "\x1b[0m", false);
        row("delete", "a\x7f", false);
        row("255 bytes", QByteArray(255, 'x'), true);
        row("256 bytes", QByteArray(256, 'x'), false);
        row("many parts", QByteArray("abc/").repeated(2000) + "x", false);
    }
    void hostilePaths() {
        QFETCH(const QByteArray, path);
        QFETCH(const bool, good);
        const auto text = path.toStdString();
        VERIFY_RULE(checkRelativePath(text), good ? "ok" : "path.unsafe");
        VERIFY_RULE(checkPlainName(text), good && !path.contains('/') ? "ok" : "path.unsafe");
        const TempFolder temp;
        for (const auto& tree : {openFolder(temp.path()).value(), memoryTree("m", {})}) {
            VERIFY_RULE(tree->open(text), good ? "io.not-found" : "path.unsafe");
            QVERIFY(!tree->find(text));
            if (!text.empty()) {
                VERIFY_RULE(tree->list(text), good ? "io.not-found" : "path.unsafe");
                VERIFY_RULE(tree->subtree(text), good ? "io.not-found" : "path.unsafe");
            }
        }
    }

    void listsAFolder() {
        const TempFolder temp;
        temp.write("snapshot/b.bin", "12345");
        temp.write("snapshot/B.bin", "1");
        temp.write("snapshot/sub/c.bin", "1");
        temp.write("blobs/hash", "blob");
        fs::create_symlink("../blobs/hash", temp.path("snapshot/linked.bin"));
        fs::create_symlink("b.bin", temp.path("snapshot/near.bin"));
        fs::create_symlink("nowhere", temp.path("snapshot/dangling"));
        fs::create_symlink("loop", temp.path("snapshot/loop"));
        fs::create_directory_symlink("..", temp.path("snapshot/up"));
        QCOMPARE(::mkfifo(temp.path("snapshot/pipe").c_str(), 0600), 0);
        const auto tree = openFolder(temp.path("snapshot/")).value();
        COMPARE_TEXT(tree->fileSystemPath(), temp.path("snapshot"));
        QCOMPARE(namesOf(tree->list()), (Names{"B.bin", "b.bin", "dangling?", "linked.bin", "loop?",
                                               "near.bin", "pipe?", "sub/", "up/"}));
        QCOMPARE(namesOf(tree->list("sub")), Names{"c.bin"});
        QCOMPARE(tree->find("b.bin")->bytes, 5u);
        QVERIFY(!tree->find("b.bin")->isLink);
        const auto linked = tree->find("linked.bin").value();
        QVERIFY(linked.isLink && linked.leavesTree && linked.kind == NameKind::File);
        QCOMPARE(linked.bytes, 4u);
        QVERIFY(tree->find("near.bin")->isLink && !tree->find("near.bin")->leavesTree);
        QVERIFY(tree->find("up")->leavesTree);
        QVERIFY(!tree->find("dangling")->leavesTree);
        COMPARE_TEXT(tree->find("sub/c.bin")->name, "c.bin");
        COMPARE_TEXT(readText(*tree, "linked.bin"), "blob");
        COMPARE_TEXT(tree->open("sub/c.bin").value()->name(), "sub/c.bin");
        VERIFY_RULE(tree->open("pipe"), "io.not-a-file");
        VERIFY_RULE(tree->open("loop"), "io.not-a-file");
        VERIFY_RULE(tree->list("b.bin"), "io.not-a-folder");
        VERIFY_RULE(tree->list("absent"), "io.not-found");
        const auto sub = tree->subtree("sub").value();
        QCOMPARE(namesOf(sub->list()), Names{"c.bin"});
        VERIFY_RULE(tree->subtree("b.bin"), "io.not-a-folder");
    }

    void aLinkToAFolderIsTheFolder() {
        const TempFolder temp;
        temp.write("real/x", "1");
        fs::create_directory_symlink("real", temp.path("link"));
        fs::create_symlink("x", temp.path("real/y"));
        const auto tree = openFolder(temp.path("link")).value();
        COMPARE_TEXT(tree->fileSystemPath(), temp.path("link"));
        QVERIFY(!tree->find("y")->leavesTree);
    }

    void whatIsNoFolder() {
        const TempFolder temp;
        VERIFY_RULE(openFolder(temp.write("file", "x")), "io.not-a-folder");
        VERIFY_RULE(openFolder(temp.path("absent")), "io.not-found");
        fs::create_symlink("loop", temp.path("loop"));
        VERIFY_RULE(openFolder(temp.path("loop")), "io.not-a-file");
        VERIFY_OK(openFolder("/").value()->list());
        VERIFY_OK(openFolder("."));
    }

    void aFolderWithTooManyNames() {
        const TempFolder temp;
        for (int i = 0; i < 20; ++i)
            temp.write("many/f" + std::to_string(i), "");
        const auto tree = openFolder(temp.path("many"), 10).value();
        VERIFY_RULE(tree->list(), "io.too-many-names");
        VERIFY_OK(openFolder(temp.path("many"), 20).value()->list());
    }

    void memoryTrees() {
        const auto tree = memoryTree(
            "archive",
            {{"a/b/c", bytesOf("1")}, {"a.b", bytesOf("22")}, {"a/x", bytesOf("3")}, {"a-", bytesOf("")}});
        QCOMPARE(namesOf(tree->list()), (Names{"a/", "a-", "a.b"}));
        QCOMPARE(namesOf(tree->list("a")), (Names{"b/", "x"}));
        COMPARE_TEXT(readText(*tree, "a/b/c"), "1");
        QCOMPARE(tree->find("a.b")->bytes, 2u);
        QVERIFY(tree->find("a")->kind == NameKind::Folder);
        VERIFY_RULE(tree->open("a"), "io.not-a-file");
        VERIFY_RULE(tree->open("b"), "io.not-found");
        VERIFY_RULE(tree->list("a.b"), "io.not-a-folder");
        const auto sub = tree->subtree("a").value();
        QCOMPARE(namesOf(sub->list()), (Names{"b/", "x"}));
        COMPARE_TEXT(readText(*sub->subtree("b").value(), "c"), "1");
        COMPARE_TEXT(sub->displayName(), "archive/a");
        VERIFY_RULE(sub->open("../a.b"), "path.unsafe");
        VERIFY_RULE(tree->subtree("a.b"), "io.not-a-folder");
        COMPARE_TEXT(tree->fileSystemPath(), "");
    }
};

QTEST_GUILESS_MAIN(FileTreeTest)
#include "file_tree_test.moc"
