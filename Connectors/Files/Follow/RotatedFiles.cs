using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Ports;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files.Follow;

/// <summary>Finds a file again after a log rotation has renamed or copied it.</summary>
internal static class RotatedFiles
{
    /// <summary>The files that can be followed: compressed ones are not, since they are copies of what was read.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">How files are compressed.</param>
    /// <returns>Those that are plain, oldest first.</returns>
    public static IEnumerable<string> Plain(IEnumerable<string> paths, LineFileOptions options) => paths
        .Where(path => Decompression.Of(options.Compression, path) == FileCompression.None)
        .OrderBy(File.GetLastWriteTimeUtc).ThenBy(path => path, StringComparer.Ordinal);

    /// <summary>The file that a position was taken in: at its own path, or beside it under a name that begins with its name, such
    /// as <c>access.log.1</c> or <c>access.log-20260301</c>, or with its name without the extension.</summary>
    /// <param name="path">The path at which it was read.</param>
    /// <param name="position">The position.</param>
    /// <returns>The path; null when there is none that begins alike and is as long.</returns>
    public static string? Find(string path, SourcePosition position) =>
        Candidates(path).FirstOrDefault(candidate => Holds(candidate, position));

    /// <summary>Opens a file that may just have gone.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The handle; null when it is not there.</returns>
    public static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Candidates(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? string.Empty;
        var name = Path.GetFileNameWithoutExtension(path);
        string[] beside = Directory.Exists(folder) ? Directory.GetFiles(folder, name + "*", new EnumerationOptions { MatchType = MatchType.Simple }) : [];
        return beside.Where(file => file != path).OrderByDescending(File.GetLastWriteTimeUtc).Prepend(path);
    }

    private static bool Holds(string path, SourcePosition position)
    {
        using var file = TryOpen(path);
        return file is not null
            && RandomAccess.GetLength(file) is var length
            && length >= position.Offset
            && Fingerprint.Matches(file, length, position.Identity) == true;
    }
}
