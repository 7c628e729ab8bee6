// SPDX-License-Identifier: Apache-2.0
#include <QApplication>

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    return 0;
}
