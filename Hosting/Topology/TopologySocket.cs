using System.Text;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>Where the topology of the run on a store is served: the socket <c>topology</c> in the directory
/// <c>STORE.sock</c>, which only its owner may enter.</summary>
internal static class TopologySocket
{
    /// <summary>Bytes that the path of a Unix domain socket may have: <c>sun_path</c> holds 104 bytes with the final zero
    /// on macOS and BSD, 108 on Linux.</summary>
    public const int MaxPathBytes = 103;

    /// <summary>The socket's path, as short as it can be written from here; null when even that is too long.</summary>
    /// <param name="storePath">The store's file.</param>
    public static string? PathFor(string storePath)
    {
        var full = Path.Combine(DirectoryFor(storePath), "topology");
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full);
        var shorter = relative.Length < full.Length ? relative : full;
        return Encoding.UTF8.GetByteCount(shorter) <= MaxPathBytes ? shorter : null;
    }

    /// <summary>The directory that holds the socket and nothing else.</summary>
    /// <param name="storePath">The store's file.</param>
    public static string DirectoryFor(string storePath) => Path.GetFullPath(storePath) + ".sock";
}
