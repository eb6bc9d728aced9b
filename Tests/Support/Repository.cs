namespace AkkaPrivacy.Tests.Support;

/// <summary>The files of the repository, as they are checked out.</summary>
internal static class Repository
{
    private static readonly string[] Produced = ["bin", "obj", "artifacts", "TestResults", ".git", ".vs", ".idea", "out"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Files that people wrote, in order of name.</summary>
    /// <param name="pattern">For example <c>*.cs</c>.</param>
    /// <param name="folder">A folder of the repository; empty for all of it.</param>
    public static IEnumerable<string> Files(string pattern, string folder = "") => Walk(Path.Combine(Root, folder), pattern).Order(StringComparer.Ordinal);

    /// <summary>A file's path inside the repository, with <c>/</c>.</summary>
    /// <param name="path">The full path.</param>
    public static string Name(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern)
        .Concat(Directory.EnumerateDirectories(folder)
            .Where(child => !Produced.Contains(Path.GetFileName(child)))
            .SelectMany(child => Walk(child, pattern)));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AkkaPrivacy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds AkkaPrivacy.sln.");
        }

        return folder.FullName;
    }
}
