using System.IO.Enumeration;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Finds the files of a pattern: <c>*</c> and <c>?</c> stand for characters within a name, <c>**</c> for any
/// number of folders.</summary>
internal static class FilePattern
{
    private static readonly EnumerationOptions Options = new() { IgnoreInaccessible = false, AttributesToSkip = 0 };

    /// <summary>The files, by full path in ordinal order. A path without wildcards is that file, which must exist; a name
    /// that exists literally is that file even when it contains a wildcard.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>At least one path.</returns>
    /// <exception cref="SourceException">There is no such file, or a folder cannot be read.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        try
        {
            var full = Path.GetFullPath(pattern);
            if (Directory.Exists(full))
            {
                throw new SourceException($"'{full}' is a folder; name a file, or a pattern such as '{Path.Combine(full, "*.log")}'.");
            }

            if (File.Exists(full))
            {
                return [full];
            }

            var files = IsPattern(full) ? Search(full) : [];
            return files.Count > 0
                ? files
                : throw new SourceException(IsPattern(full) ? $"No file matches '{full}'." : $"The file '{full}' does not exist.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SourceException($"The files of '{pattern}' cannot be listed: {exception.Message}", exception);
        }
    }

    /// <summary>The files that are there now, by full path in ordinal order.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>The paths; none when nothing matches.</returns>
    /// <exception cref="SourceException">A folder cannot be read, or the pattern is one.</exception>
    public static IReadOnlyList<string> Find(string pattern)
    {
        var full = Path.GetFullPath(pattern);
        return IsPattern(full) || Directory.Exists(full)
            ? Any(full) ? Expand(pattern) : []
            : File.Exists(full) ? [full] : [];
    }

    private static bool Any(string full)
    {
        try
        {
            return Directory.Exists(full) || File.Exists(full) || Search(full).Count > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"The files of '{full}' cannot be listed: {exception.Message}", exception);
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    private static List<string> Search(string pattern)
    {
        var root = Path.GetPathRoot(pattern)!;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Search(root, pattern[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries), found);
        return [.. found];
    }

    private static void Search(string folder, ReadOnlySpan<string> parts, SortedSet<string> found)
    {
        var part = parts[0];
        if (parts.Length == 1 && part != "**")
        {
            found.UnionWith(Matching(Directory.EnumerateFiles(folder, "*", Options), part));
            return;
        }

        if (part == "**")
        {
            // No folder at all; a trailing ** means every file below.
            Search(folder, parts.Length == 1 ? (string[])["*"] : parts[1..], found);
            foreach (var below in Directory.EnumerateDirectories(folder, "*", Options).Where(path => !IsLink(path)))
            {
                Search(below, parts, found);
            }
        }
        else if (IsPattern(part))
        {
            foreach (var below in Matching(Directory.EnumerateDirectories(folder, "*", Options), part))
            {
                Search(below, parts[1..], found);
            }
        }
        else if (Directory.Exists(Path.Combine(folder, part)))
        {
            Search(Path.Combine(folder, part), parts[1..], found);
        }
    }

    private static IEnumerable<string> Matching(IEnumerable<string> paths, string part) =>
        paths.Where(path => FileSystemName.MatchesSimpleExpression(part, Path.GetFileName(path.AsSpan()), ignoreCase: false));

    // Links to folders are not followed below **: they may lead in circles.
    private static bool IsLink(string path) => (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
}
