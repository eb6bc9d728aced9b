using System.Text;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>Where the run on a store is served: the sockets <c>topology</c> and <c>control</c> in the directory
/// <c>STORE.sock</c>, which only its owner may enter.</summary>
internal static class TopologySocket
{
    /// <summary>Bytes that the path of a Unix domain socket may have: <c>sun_path</c> holds 104 bytes with the final zero
    /// on macOS and BSD, 108 on Linux.</summary>
    public const int MaxPathBytes = 103;

    /// <summary>The socket's path, as short as it can be written from here; null when even that is too long.</summary>
    /// <param name="storePath">The store's file.</param>
    public static string? PathFor(string storePath) => Shortest(storePath, "topology");

    /// <summary>The path of the socket that takes commands; null when it is too long.</summary>
    /// <param name="storePath">The store's file.</param>
    public static string? ControlPathFor(string storePath) => Shortest(storePath, "control");

    /// <summary>The directory that holds the sockets and nothing else.</summary>
    /// <param name="storePath">The store's file.</param>
    public static string DirectoryFor(string storePath) => Path.GetFullPath(storePath) + ".sock";

    private static string? Shortest(string storePath, string name)
    {
        var full = Path.Combine(DirectoryFor(storePath), name);
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full);
        var shorter = relative.Length < full.Length ? relative : full;
        return Encoding.UTF8.GetByteCount(shorter) <= MaxPathBytes ? shorter : null;
    }
}
