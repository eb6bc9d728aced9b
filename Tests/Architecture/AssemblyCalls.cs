using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AkkaPrivacy.Tests.Architecture;

/// <summary>What an assembly uses of others, read from its metadata: types, and members as <c>Type.Member</c>.</summary>
internal static class AssemblyCalls
{
    public static IReadOnlySet<string> Of(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        var used = new HashSet<string>();
        foreach (var handle in metadata.TypeReferences)
        {
            used.Add(Name(metadata, handle));
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                used.Add($"{Name(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}");
            }
        }

        return used;
    }

    private static string Name(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{Name(metadata, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
